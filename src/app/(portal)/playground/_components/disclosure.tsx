import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Badge } from "@/components/ui/badge";

interface DisclosureProps {
  title: string;
  note: string | null;
  /** Opens it, so that a field with an error is in sight. */
  wrong: boolean;
  onOpen?: () => void;
  children: ReactNode;
}

/** A part of the form that opens below its title. */
export function Disclosure({ title, note, wrong, onOpen, children }: DisclosureProps) {
  const [opened, setOpened] = useState(false);
  return (
    <details
      className="group"
      open={opened || wrong}
      onToggle={(event) => {
        setOpened(event.currentTarget.open);
        if (event.currentTarget.open) onOpen?.();
      }}
    >
      <summary className="flex min-h-8 list-none items-center gap-1 rounded-md font-medium text-muted hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-4 transition-transform group-open:rotate-90" aria-hidden="true" />
        {title}
        {note && <Badge className="ml-1">{note}</Badge>}
      </summary>
      <div className="mt-3 grid min-w-0 gap-4 pb-2">{children}</div>
    </details>
  );
}
