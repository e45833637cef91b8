import type { ReactNode } from "react";

export function AuthHeading({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <header className="mb-7">
      <h1 className="font-semibold text-3xl tracking-[-0.03em]">{title}</h1>
      {children && <p className="mt-2 text-[15px]/6 text-muted">{children}</p>}
    </header>
  );
}
