def documents(seed):
    return []
