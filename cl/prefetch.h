// Asking for memory before it is needed, where code is made for the processor itself. What is asked for need not be there.
#ifndef CLOTHO_PREFETCH_H
#define CLOTHO_PREFETCH_H

// The line at p; to_write: 1 if it is going to be written.
#if (defined(__x86_64__) || defined(__aarch64__)) && defined(__has_builtin)
#if __has_builtin(__builtin_prefetch)
#define PREFETCH(p, to_write) __builtin_prefetch((const void*)(size_t)(p), to_write)
#endif
#endif
#ifndef PREFETCH
#define PREFETCH(p, to_write)
#endif

// What lies 4 KiB after p. For loops over more than the caches hold that do much with each element, or read several arrays:
// the processor alone looks no further than what it can begin, nor into the next page, and waits there.
#define FETCH_AHEAD(p) PREFETCH((size_t)(p) + 4096, 0)

#endif
