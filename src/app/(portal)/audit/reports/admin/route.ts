import { handlePortalFile } from "@/server/trpc/portal/portal-file";
import { appRouter } from "@/server/trpc/root";

export const dynamic = "force-dynamic";

export function GET(request: Request): Promise<Response> {
  return handlePortalFile(request, {
    name: "audit.reports.adminCsv",
    procedure: appRouter.audit.reports.adminCsv,
  });
}
