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

export const memberListExample = {
  members: [
    {
      user_id: "usr_01jd0q4g5te8tvhz3t1c7x9ncm",
      name: "Ada",
      email: "ada@example.com",
      role: "viewer",
      custom_role: { id: "rol_01jd0q4g5te8tvhz3t1c7x9ncm", name: "Support" },
      joined_at: "2026-11-23T12:00:00.000Z",
      self: false,
      managed: false,
      keys: 1,
      keys_beyond: { viewer: 1 },
    },
  ],
  invitations: [],
} as const;

export const accessReviewExample = {
  object: "access_review",
  created_at: "2026-11-27T12:00:00.000Z",
  data: [
    {
      kind: "member",
      id: "usr_01jd0q4g5te8tvhz3t1c7x9ncm",
      name: "Ada",
      email: "ada@example.com",
      role: "viewer",
      custom_role: "Support",
      permissions: ["inference:read", "history:read"],
      second_factor: true,
      suspended: false,
      since: "2026-11-23T12:00:00.000Z",
      last_used_at: "2026-11-27T11:58:00.000Z",
    },
  ],
} as const;

export const accessReviewFileExample =
  "kind,id,name,email,role,base_role,environment,permissions,second_factor,suspended,since,last_used_at,expires_at\r\nmember,usr_01jd0q4g5te8tvhz3t1c7x9ncm,Ada,ada@example.com,Support,viewer,,inference:read history:read,yes,no,2026-11-23T12:00:00.000Z,2026-11-27T11:58:00.000Z,\r\n";
