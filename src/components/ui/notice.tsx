import { cva } from "class-variance-authority";
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "../cn";

type Tone = "info" | "attention" | "danger" | "good";

const noticeVariants = cva("flex items-start gap-3 rounded-lg px-4 py-3", {
  variants: {
    tone: {
      info: "bg-accent-soft [&>svg]:text-accent",
      attention: "bg-attention-soft [&>svg]:text-attention",
      danger: "bg-danger-soft [&>svg]:text-danger",
      good: "bg-good-soft [&>svg]:text-good",
    },
  },
});

const icons = { info: Info, attention: TriangleAlert, danger: CircleAlert, good: CircleCheck } as const;

interface NoticeProps {
  tone?: Tone;
  title?: ReactNode;
  /** A button or link at the right (below, on a phone). */
  action?: ReactNode;
  className?: string;
  children?: ReactNode;
}

/** What happened, what it means, what to do. The tone `danger` interrupts a screen reader; the others wait. */
export function Notice({ tone = "info", title, action, className, children }: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div role={tone === "danger" ? "alert" : "status"} className={cn(noticeVariants({ tone }), className)}>
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
      <div className="flex min-w-0 flex-1 flex-col gap-3 sm:flex-row sm:items-center sm:justify-between">
        <div className="min-w-0">
          {title && <p className="font-medium">{title}</p>}
          {children && <div className={cn("text-ink", title ? "mt-0.5" : undefined)}>{children}</div>}
        </div>
        {action}
      </div>
    </div>
  );
}
