/**
 * Flags for server and worker. With a young generation of 32 MB instead of 16 (Node 20; 64 in Node 24), a call's short-lived objects
 * die before they are copied, for about 50 MB of memory. One thread collects them: on the one core that a process has under load the
 * others would only take turns with it.
 */
export const NODE_FLAGS = ["--enable-source-maps", "--max-semi-space-size=32", "--no-parallel-scavenge"];

/** Of the worker on a machine that it shares with the server: what happens in the background lets calls go first. */
export const WORKER_NICENESS = 10;
