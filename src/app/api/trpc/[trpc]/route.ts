import { handlePortalCall } from "@/server/trpc/portal/portal-handler";

export const dynamic = "force-dynamic";

export { handlePortalCall as GET, handlePortalCall as POST };
