import type { ReactNode } from "react";
import { Notice } from "@/components/ui/notice";

/** A legal page whose binding text is still to be written; it says so first. */
export function Placeholder({
  title,
  notice,
  children,
}: {
  title: string;
  notice: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="mx-auto max-w-[42.5rem] px-5 pt-16">
      <h1 className="font-semibold text-3xl tracking-[-0.03em] sm:text-4xl">{title}</h1>
      <Notice tone="attention" title="This is a placeholder" className="mt-6">
        {notice}
      </Notice>
      <div className="mt-10 grid gap-4 text-base/6.5 [&_h2]:mt-6 [&_h2]:font-semibold [&_h2]:text-xl [&_h2]:tracking-tight [&_ul]:grid [&_ul]:list-disc [&_ul]:gap-2 [&_ul]:pl-5">
        {children}
      </div>
    </div>
  );
}
