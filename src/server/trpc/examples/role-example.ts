/** What the API document shows of roles. A test holds it against its schema. */
export const customRoleExample = {
  id: "rol_01jd0q4g5te8tvhz3t1c7x9ncm",
  name: "Support",
  base: "viewer",
  permissions: ["inference:read", "history:read", "usage:read", "requests:read_all", "models:read"],
  members: 3,
  created_at: "2026-11-23T12:00:00.000Z",
  updated_at: "2026-11-23T12:00:00.000Z",
} as const;
