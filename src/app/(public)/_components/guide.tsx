import Link from "next/link";
import { Children, isValidElement, type ReactElement, type ReactNode } from "react";
import { Neighbors } from "../docs/_components/neighbors";
import { type GuidePath, guideAt } from "../docs/_lib/guides";

interface SectionProps {
  id: string;
  title: string;
  children: ReactNode;
}

interface GuideProps {
  path: GuidePath;
  children: ReactNode;
}

const isSection = (child: ReactNode): child is ReactElement<SectionProps> =>
  isValidElement(child) && child.type === Section;

/** One page of the documentation: its title and sections, a table of contents at the side, and links to its neighbors. */
export function Guide({ path, children }: GuideProps) {
  const { label, lead } = guideAt(path);
  const sections = Children.toArray(children).filter(isSection);
  return (
    <>
      <article className="min-w-0 text-base/6.5">
        <header className="mb-8">
          <h1 className="font-semibold text-3xl tracking-[-0.03em] sm:text-4xl">{label}</h1>
          <p className="mt-3 text-muted">{lead}</p>
        </header>
        {children}
        <Neighbors />
      </article>
      {sections.length > 1 && (
        <nav aria-label="On this page" className="sticky top-10 hidden self-start text-[13px] xl:block">
          <p className="mb-2 font-medium">On this page</p>
          <ul className="grid gap-1.5 border-l">
            {sections.map(({ props: { id, title: name } }) => (
              <li key={id}>
                <a
                  href={`#${id}`}
                  className="-ml-px block border-transparent border-l pl-3 text-muted hover:border-accent hover:text-ink"
                >
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </>
  );
}

export function Section({ id, title, children }: SectionProps) {
  return (
    <section aria-labelledby={id} className="mt-12 grid grid-cols-1 gap-4">
      <h2 id={id} className="group scroll-mt-8 font-semibold text-xl tracking-tight">
        {title}
        <a
          href={`#${id}`}
          aria-label={`Link to ${title}`}
          className="ml-2 rounded-sm font-normal text-muted opacity-0 hover:text-accent focus-visible:opacity-100 group-hover:opacity-100"
        >
          #
        </a>
      </h2>
      {children}
    </section>
  );
}

export function Code({ children }: { children: ReactNode }) {
  return <code className="break-words rounded bg-sunken px-1 py-0.5 text-[13px]">{children}</code>;
}

export const linkLook = "text-accent underline decoration-1 underline-offset-4 hover:text-accent-strong";

export function GuideLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className={linkLook}>
      {children}
    </Link>
  );
}

export function List({ children }: { children: ReactNode }) {
  return <ul className="grid list-disc gap-2 pl-5 marker:text-muted">{children}</ul>;
}
