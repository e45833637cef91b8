const day = { day: "2026-11-27", up: 1439, degraded: 1, down: 0, idle: 0, unmeasured: 0 };

export const statusExample = {
  status: "degraded",
  checked_at: "2026-11-27T10:00:00.000Z",
  measurements: {
    components: [
      {
        id: "api",
        name: "API",
        state: "up",
        uptime: 1,
        counted_minutes: 1440,
        unmeasured_minutes: 0,
        days: [day],
      },
    ],
    incidents: [
      {
        id: "ntc_01kb2zj5c7e6gt3mq8x1v9w4rd",
        kind: "incident",
        title: "Slow responses from one provider",
        severity: "P2",
        components: ["openai"],
        state: "investigating",
        starts_at: "2026-11-27T09:40:00.000Z",
        ends_at: null,
        created_at: "2026-11-27T09:40:00.000Z",
        updates: [
          {
            id: "upd_01kb2zj5c7e6gt3mq8x1v9w4re",
            state: "investigating",
            text: "We are looking into slow responses since 09:35 UTC.",
            created_at: "2026-11-27T09:40:00.000Z",
          },
        ],
      },
    ],
    maintenance: [],
    past: [],
  },
};
