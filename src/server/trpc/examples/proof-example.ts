/** Shortened: a record has some forty columns. */
export const generationProofExample = {
  id: "inf_01m844dwt2emvr8rasx2tvmp16",
  object: "generation.proof",
  record:
    '["agathaai-ledger-1", "01a2084e-f342-776f-8447-5fb0b5bd5826", "2026-11-24T10:20:30.146Z", …, 25, 4, …, 103, …]',
  index: 2,
  count: 5,
  path: [
    "8ee89711330c1ccf39a2e65ad12bbd7df4a4a2ee857f53b4823f00fecb7bd252",
    "553295e4b848bee781c30a0c86a5b731330806eaaca214de195e48761b8a61ee",
    "fd0fe62cd20e6923c737ebc8ddf03e8fa25cf201c3b5fbf15659ab22a3a08d7c",
  ],
  root: "c03a8b8fb97996492099484e49f1ebe4cb6f10cd2ca37ae70920e70c1a14c0d3",
  entry: {
    id: "aud_01m844dxs5f3zr2f7mj0t5v1c8",
    sequence: 4711,
    hash: "1fe700bc3cb6885eb37de560ff2965c688bc3b0aee78780187a585fb0c45ec71",
    created_at: "2026-11-24T10:20:31.141Z",
    signed: '["agathaai-audit-batch-1", …]',
    signature: "p1Y3mJ0r6kq2w8Z4x9b7T5n1v3L8s0dQeRtYuIoPaSdFgHjKlZxCvBnM1234567890abcdefghijklmnopqrst",
  },
  head: {
    sequence: 4712,
    hash: "12d4bb3da5785963f27f012db3f9a453d0c420e3952bc9516631e7348fcbeda4",
    signed: '["agathaai-audit-proof-1", …]',
    signature: "k9T2mJ0r6kq2w8Z4x9b7T5n1v3L8s0dQeRtYuIoPaSdFgHjKlZxCvBnM1234567890abcdefghijklmnopqrst",
  },
  public_key: "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=",
} as const;
