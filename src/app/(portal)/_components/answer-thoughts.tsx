import { ChevronRight } from "lucide-react";

interface AnswerThoughtsProps {
  text: string;
  /** More of it may be coming. */
  live?: boolean;
}

/** What the model thought before its answer: closed until somebody opens it, and then as it is written. */
export function AnswerThoughts({ text, live = false }: AnswerThoughtsProps) {
  return (
    <details className="group/thoughts min-w-0">
      <summary className="flex min-h-8 list-none items-center gap-1 rounded-md text-muted hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight
          className="size-4 transition-transform group-open/thoughts:rotate-90"
          aria-hidden="true"
        />
        {live ? "Reasoning…" : "Reasoning"}
      </summary>
      <p className="mt-1 whitespace-pre-wrap break-words border-l-2 pl-3 text-muted">{text}</p>
    </details>
  );
}
