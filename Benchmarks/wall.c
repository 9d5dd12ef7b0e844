// What this machine's memory and arithmetic allow, as one JSON object.
//
//     clang -O2 -march=native -pthread -o wall wall.c && ./wall THREADS
//
// Reading: each thread reads its own 256 MiB in eight interleaved streams, since the prefetchers
// follow several pages at once. Arithmetic: f32 multiply-adds of ten independent sums that stay in
// the widest registers. The best of five of each.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined __AVX512F__
enum { WIDTH = 64 };
#elif defined __AVX__
enum { WIDTH = 32 };
#else
enum { WIDTH = 16 };
#endif
typedef uint64_t Words __attribute__((vector_size(WIDTH)));
typedef float Floats __attribute__((vector_size(WIDTH)));

enum { STREAMS = 8, SUMS = 10, REPEATS = 5, MOST_THREADS = 256 };
static const size_t byte_count = (size_t)256 << 20;
static const long step_count = 10 * 1000 * 1000;

typedef struct {
    const Words *words;
    // What came out, so that no compiler leaves the work out.
    Words sum;
    Floats product;
} Worker;

static void *read_all(void *argument) {
    Worker *worker = argument;
    const size_t length = byte_count / STREAMS / sizeof(Words);
    Words sums[STREAMS] = {{0}};
    for (size_t i = 0; i < length; i++)
        for (int stream = 0; stream < STREAMS; stream++)
            sums[stream] += worker->words[stream * length + i];
    for (int stream = 0; stream < STREAMS; stream++) worker->sum += sums[stream];
    return NULL;
}

static void *multiply_and_add(void *argument) {
    Worker *worker = argument;
    const Floats factor = (Floats){0} + 0.9999f, term = (Floats){0} + 1e-4f;
    Floats a = term, b = a + term, c = b + term, d = c + term, e = d + term;
    Floats f = e + term, g = f + term, h = g + term, k = h + term, l = k + term;
    for (long step = 0; step < step_count; step++) {
        a = a * factor + term, b = b * factor + term, c = c * factor + term;
        d = d * factor + term, e = e * factor + term, f = f * factor + term;
        g = g * factor + term, h = h * factor + term, k = k * factor + term;
        l = l * factor + term;
    }
    worker->product = a + b + c + d + e + f + g + h + k + l;
    return NULL;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + 1e-9 * time.tv_nsec;
}

/// The shortest time in which all workers did it once.
static double best_seconds(Worker *workers, int count, void *(*work)(void *)) {
    double best = 1e9;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        pthread_t threads[MOST_THREADS];
        const double start = now();
        for (int i = 0; i < count; i++)
            if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0) exit(1);
        for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
        const double seconds = now() - start;
        if (seconds < best) best = seconds;
    }
    return best;
}

int main(int count, char **arguments) {
    const int threads = count == 2 ? atoi(arguments[1]) : 0;
    if (threads < 1 || threads > MOST_THREADS) {
        fprintf(stderr, "usage: wall THREADS\n");
        return 64;
    }
    static Worker workers[MOST_THREADS];
    for (int i = 0; i < threads; i++) {
        void *words = aligned_alloc(2 << 20, byte_count);
        if (!words) return 1;
        memset(words, i + 1, byte_count);
        workers[i].words = words;
    }
    const double reading = best_seconds(workers, threads, read_all);
    const double arithmetic = best_seconds(workers, threads, multiply_and_add);
    uint64_t rest = 0;
    for (int i = 0; i < threads; i++)
        rest += workers[i].sum[0] + (uint64_t)(1000 * workers[i].product[0]);
    const double flops = 2.0 * SUMS * (WIDTH / sizeof(float)) * step_count * threads;
    printf(
        "{\"bytes_per_second\": %.4g, \"flops\": %.4g, \"check\": %llu}\n",
        (double)byte_count * threads / reading, flops / arithmetic, (unsigned long long)rest);
}
