import { handlePortalFile } from "@/server/trpc/portal/portal-file";
import { appRouter } from "@/server/trpc/root";

export const dynamic = "force-dynamic";

/** The file of an emailed link, streamed to the person who requested it. */
export function GET(request: Request): Promise<Response> {
  return handlePortalFile(request, { name: "exports.download", procedure: appRouter.exports.download });
}
