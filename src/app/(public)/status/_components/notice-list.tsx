import type { NoticeView } from "@agathaai/core/status";
import { noticeStates, severityLabels } from "@/components/format/notice-labels";
import { ExactTime, RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { componentName, isComponent } from "@/shared/status-components";

interface NoticeListProps {
  id: string;
  title: string;
  notices: readonly NoticeView[];
  /** Said where there is none; without it the whole part is left out. */
  none?: string;
}

/** Incidents or maintenance with their updates, the newest first. */
export function NoticeList({ id, title, notices, none }: NoticeListProps) {
  if (notices.length === 0 && none === undefined) return null;
  return (
    <section aria-labelledby={id} className="mt-12">
      <h2 id={id} className="mb-3 font-semibold text-lg tracking-tight">
        {title}
      </h2>
      {notices.length === 0 && <p className="text-muted">{none}</p>}
      <div className="grid grid-cols-1 gap-4">
        {notices.map((notice) => (
          <NoticeArticle key={notice.id} notice={notice} />
        ))}
      </div>
    </section>
  );
}

function NoticeArticle({ notice }: { notice: NoticeView }) {
  const { id, title, severity, components, state, starts_at, ends_at, kind, updates } = notice;
  const names = components.map((component) =>
    isComponent(component) ? componentName(component) : component,
  );
  return (
    <article
      id={id}
      aria-labelledby={`${id}-title`}
      className="min-w-0 rounded-lg border bg-surface p-4 sm:p-5"
    >
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={noticeStates[state].tone}>{noticeStates[state].label}</Badge>
        {severity !== null && <Badge>{severityLabels[severity]}</Badge>}
      </div>
      <h3 id={`${id}-title`} className="wrap-anywhere mt-2 font-medium text-base">
        {title}
      </h3>
      <p className="mt-1 text-[13px] text-muted">
        {names.join(", ")} · <ExactTime iso={starts_at} />
        {ends_at !== null && (
          <>
            {" "}
            to <ExactTime iso={ends_at} />
          </>
        )}
        {kind === "incident" && ends_at === null && " until now"}
      </p>
      <ol className="mt-4 grid gap-4 border-l pl-4">
        {updates.map((update) => (
          <li key={update.id} id={update.id}>
            <p className="text-[13px] text-muted">
              <strong className="font-medium text-ink">{noticeStates[update.state].label}</strong>{" "}
              <RelativeTime iso={update.created_at} />
            </p>
            <p className="wrap-anywhere mt-1 whitespace-pre-line">{update.text}</p>
          </li>
        ))}
      </ol>
    </article>
  );
}
