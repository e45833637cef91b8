import type { ReactNode } from "react";

interface SettingsSectionProps {
  /** Part of the address: `/settings#sessions`. */
  id: string;
  title: string;
  description: ReactNode;
  children: ReactNode;
}

/** What it is about at the left, what can be changed at the right. */
export function SettingsSection({ id, title, description, children }: SettingsSectionProps) {
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className="grid gap-4 lg:grid-cols-[17rem_minmax(0,1fr)] lg:gap-10"
    >
      <div>
        <h2 id={`${id}-title`} className="font-semibold text-base">
          {title}
        </h2>
        <div className="mt-1 max-w-prose text-muted">{description}</div>
      </div>
      <div className="min-w-0">{children}</div>
    </section>
  );
}
