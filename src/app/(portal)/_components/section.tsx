import type { ReactNode } from "react";

interface SectionProps {
  /** Of its heading, which names the section for screen readers. */
  id: string;
  title: string;
  children: ReactNode;
}

/** A titled part of a page. */
export function Section({ id, title, children }: SectionProps) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mb-3 font-semibold text-base">
        {title}
      </h2>
      {children}
    </section>
  );
}
