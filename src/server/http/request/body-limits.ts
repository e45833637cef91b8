/** The largest body either face takes. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** An oversized body is read to its end, unkept, so that the caller gets to read the refusal; up to this bound. */
export const MAX_DISCARD_BYTES = 64 * 1024 * 1024;
