"use client";

import { FlaskConical } from "lucide-react";
import { Popover } from "radix-ui";
import { providerName } from "@/components/format/provider";

/** Says for as long as it is so that answers are made up. */
export function SandboxBadge({ providers }: { providers: readonly string[] }) {
  if (providers.length === 0) return null;
  const names = new Intl.ListFormat("en").format(providers.map(providerName));
  return (
    <Popover.Root>
      <Popover.Trigger className="inline-flex h-6 items-center gap-1.5 rounded-full bg-attention-soft px-2 font-medium text-attention text-xs">
        <FlaskConical className="size-3" aria-hidden="true" />
        Sandbox
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          sideOffset={6}
          collisionPadding={8}
          aria-label="Sandbox"
          className="enter z-50 max-w-72 rounded-lg border bg-surface p-3 outline-none"
        >
          <p className="font-medium">Providers are simulated</p>
          <p className="mt-1 text-muted">
            On this server {names} {providers.length === 1 ? "is" : "are"} answered by a simulator. Answers
            are made up, and no provider is paid.
          </p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
