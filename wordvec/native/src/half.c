// Skip-gram and CBOW compiled again, for float16 tables.
#include "vectors.h"
#if HAS_HALF
#define HALF
#include "cbow.c"
#include "skipgram.c"
#endif
