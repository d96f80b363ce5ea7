// FETCH_AHEAD(p): where code is made for the processor itself, asks for what lies 4 KiB after `p`, which need not be there. For
// loops over more than the caches hold that do much with each element, or read several arrays: the processor alone looks no
// further than what it can begin, nor into the next page, and waits there.
#ifndef CLOTHO_FETCH_AHEAD_H
#define CLOTHO_FETCH_AHEAD_H

#if (defined(__x86_64__) || defined(__aarch64__)) && defined(__has_builtin)
#if __has_builtin(__builtin_prefetch)
#define FETCH_AHEAD(p) __builtin_prefetch((const void*)((size_t)(p) + 4096))
#endif
#endif
#ifndef FETCH_AHEAD
#define FETCH_AHEAD(p)
#endif

#endif
