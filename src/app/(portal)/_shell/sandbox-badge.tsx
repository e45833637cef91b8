import { FlaskConical } from "lucide-react";
import { useId } from "react";
import { andList } from "@/components/format/list";
import { providerName } from "@/components/format/provider";

/** Shown while providers are simulated. Uses the browser's own popover, which needs no script. */
export function SandboxBadge({ providers }: { providers: readonly string[] }) {
  const id = useId();
  if (providers.length === 0) return null;
  const names = andList(providers.map(providerName));
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        className="inline-flex h-6 items-center gap-1.5 rounded-full bg-attention-soft px-2 font-medium text-attention text-xs"
      >
        <FlaskConical className="size-3" aria-hidden="true" />
        <span className="max-[359px]:sr-only">Sandbox</span>
      </button>
      <div
        id={id}
        popover="auto"
        role="dialog"
        aria-label="Sandbox"
        className="fixed inset-auto top-13 left-3 m-0 w-72 max-w-[calc(100vw-1.5rem)] rounded-lg border bg-surface p-3 text-ink"
      >
        <p className="font-medium">Providers are simulated</p>
        <p className="mt-1 text-muted">
          On this server, a simulator answers for {names}. Answers are made up, and no provider is paid.
        </p>
      </div>
    </>
  );
}
