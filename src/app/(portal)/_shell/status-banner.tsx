import { Activity } from "lucide-react";
import { getStatusBanner } from "@/server/platform-status";

/** An open incident or maintenance under way, on every page. Nothing while it cannot be read: a banner must not break a page. */
export async function StatusBanner() {
  const banner = await getStatusBanner();
  if (banner === undefined) return null;
  const { label, title, more } = banner;
  return (
    <aside aria-label="Service status" className="border-b bg-attention-soft">
      <div className="mx-auto flex w-full max-w-portal flex-wrap items-start gap-x-4 gap-y-2 px-4 py-2.5 sm:items-center sm:px-8">
        <Activity className="mt-0.5 size-4 shrink-0 text-attention sm:mt-0" aria-hidden="true" />
        <p className="wrap-anywhere min-w-0 flex-1 basis-48">
          <strong className="font-medium">{label}:</strong> {title}
          {more > 0 && ` and ${more} more`}
        </p>
        <a href="/status" className="text-accent underline-offset-4 hover:underline">
          View status
        </a>
      </div>
    </aside>
  );
}
