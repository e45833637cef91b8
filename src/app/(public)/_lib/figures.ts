/**
 * The measured figures on the public pages, each with its source: nothing here is an estimate. After a new measurement, change
 * them here and in docs/benchmarks.md, and nowhere else.
 */
export const figures = {
  /** `npm run test:sdks`: unmodified but for base URL and key. */
  clients: {
    names: "OpenAI’s SDKs for Node.js (7.57) and Python (3.57), the Vercel AI SDK 7 and LangChain",
    date: "November 27, 2026",
  },
  /** `npm run test:faults`: calls sent at once to three processes, against a cap of a key or an organization. */
  cap: { sent: 200, room: 50, ran: 50 },
  /** docs/benchmarks.md, `npm run bench:gateway`: above a call that nothing stands between, with everything on. */
  added: {
    p50Ms: 1.7,
    p99Ms: 6.7,
    callsPerSecond: 200,
    machine: "two AMD EPYC cores",
    date: "November 28, 2026",
  },
} as const;
