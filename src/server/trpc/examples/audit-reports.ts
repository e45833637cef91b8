import { meExample } from "./examples";

const period = { from: "2026-10-24T00:00:00.000Z", to: "2026-11-23T00:00:00.000Z" };
const user_id = meExample.user.id;

export const auditReportExamples = {
  signIns: {
    ...period,
    data: [
      {
        user_id,
        sign_ins: 15,
        by_method: { password: 12, passkey: 3 },
        with_second_factor: 15,
        new_devices: 1,
        failed: 0,
        last_at: "2026-11-22T08:01:12.000Z",
      },
    ],
  },
  signInsCsv: `user_id,sign_ins,methods,with_second_factor,new_devices,failed,last_at\r\n${user_id},15,password 12; passkey 3,15,1,0,2026-11-22T08:01:12.000Z\r\n`,
  admin: {
    ...period,
    data: [
      {
        actor: { type: "user", id: user_id },
        action: "member.role_changed",
        times: 2,
        first_at: "2026-11-02T09:14:00.000Z",
        last_at: "2026-11-20T16:40:00.000Z",
      },
    ],
  },
  adminCsv: `actor_type,actor_id,action,times,first_at,last_at\r\nuser,${user_id},member.role_changed,2,2026-11-02T09:14:00.000Z,2026-11-20T16:40:00.000Z\r\n`,
};
