#pragma once
#include <mpi.h>

// MPI's constants are casts of pointers in C, which Swift does not import; what needs one is here.

/// Joins the other processes. Only the thread that calls this may call MPI afterwards. Errors are
/// returned from then on, where MPI would end the process otherwise.
static inline int dixie_mpi_join(int *rank, int *size) {
    int provided = 0;
    int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    if (code != MPI_SUCCESS) return code;
    if (provided < MPI_THREAD_FUNNELED) return MPI_ERR_OTHER;
    code = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    if (code != MPI_SUCCESS) return code;
    code = MPI_Comm_rank(MPI_COMM_WORLD, rank);
    if (code != MPI_SUCCESS) return code;
    return MPI_Comm_size(MPI_COMM_WORLD, size);
}

/// Begins to add up floats over all ranks, in their place.
static inline int dixie_mpi_begin_sum_floats(float *floats, int count, MPI_Request *request) {
    return MPI_Iallreduce(
        MPI_IN_PLACE, floats, count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD, request);
}

/// Begins to add up doubles over all ranks, in their place.
static inline int dixie_mpi_begin_sum_doubles(double *numbers, int count, MPI_Request *request) {
    return MPI_Iallreduce(
        MPI_IN_PLACE, numbers, count, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD, request);
}

/// Begins to give all ranks the floats of rank 0.
static inline int dixie_mpi_begin_broadcast(float *floats, int count, MPI_Request *request) {
    return MPI_Ibcast(floats, count, MPI_FLOAT, 0, MPI_COMM_WORLD, request);
}

/// Moves data on; says whether what was begun is done.
static inline int dixie_mpi_test(MPI_Request *request, int *isDone) {
    return MPI_Test(request, isDone, MPI_STATUS_IGNORE);
}

/// Ends all ranks, this one too.
static inline int dixie_mpi_abort(int status) { return MPI_Abort(MPI_COMM_WORLD, status); }

enum { dixie_mpi_success = MPI_SUCCESS, dixie_mpi_longest_text = MPI_MAX_ERROR_STRING };
