import type { ReactNode } from "react";

/** The few shapes a guide is made of, so that every guide has the same rhythm. */
export function Title({ children, lead }: { children: ReactNode; lead: ReactNode }) {
  return (
    <header className="mb-8">
      <h1 className="font-semibold text-3xl tracking-[-0.03em] sm:text-4xl">{children}</h1>
      <p className="mt-3 text-muted">{lead}</p>
    </header>
  );
}

export function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="mt-10 grid grid-cols-1 gap-4">
      <h2 id={id} className="scroll-mt-8 font-semibold text-xl tracking-tight">
        {title}
      </h2>
      {children}
    </section>
  );
}

export function Code({ children }: { children: ReactNode }) {
  return <code className="rounded bg-sunken px-1 py-0.5 text-[13px]">{children}</code>;
}
