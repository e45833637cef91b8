import { handleAuthCall } from "@/server/auth/next-auth/handle-auth-call";

export const dynamic = "force-dynamic";

export {
  handleAuthCall as DELETE,
  handleAuthCall as GET,
  handleAuthCall as PATCH,
  handleAuthCall as POST,
  handleAuthCall as PUT,
};
