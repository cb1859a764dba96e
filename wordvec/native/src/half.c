// Skip-gram and CBOW again, for tables of float16.
#include "vectors.h"
#if HAS_HALF
#define HALF
#include "cbow.c"
#include "skipgram.c"
#endif
