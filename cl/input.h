// One or two arrays that a kernel reads: INPUTS of them. Not restrict: Oclgrind 21.10 dies of what LLVM makes of that in loops.
#if INPUTS == 2
#define INPUT __global const X *x, __global const X *y
#define INPUT_NAMES x, y
#define SECOND y
#else
#define INPUT __global const X *x
#define INPUT_NAMES x
#define SECOND x
#endif
