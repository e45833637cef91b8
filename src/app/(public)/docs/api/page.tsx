import type { Metadata } from "next";
import Link from "next/link";
import { DocsNavigation } from "../_components/docs-navigation";
import { Neighbors } from "../_components/neighbors";
import { ApiReference } from "./_components/api-reference";

export const metadata: Metadata = {
  title: "API reference",
  description:
    "Every operation of the AgathaAI API, with examples, errors and a form to try it with your own key.",
};

const link = "text-accent underline decoration-1 underline-offset-4 hover:text-accent-strong";

export default function ApiReferencePage() {
  return (
    <div className="mx-auto max-w-portal px-5 pt-10">
      <DocsNavigation row />
      <h1 className="mt-10 font-semibold text-4xl tracking-[-0.035em]">API reference</h1>
      <p className="mt-4 mb-8 max-w-prose text-base/6.5 text-muted">
        Every operation, with examples and errors. To try one here, choose Authorize and paste{" "}
        <Link href="/keys" className={link}>
          an API key
        </Link>
        ; a test key costs nothing. The key stays on this page and is gone when you leave. The same reference
        as a file:{" "}
        <a href="/api/openapi.json" className={link}>
          OpenAPI 3.1
        </a>
        .
      </p>
      <ApiReference />
      <Neighbors />
    </div>
  );
}
