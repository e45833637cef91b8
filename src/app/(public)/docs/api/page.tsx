import { GuideLink, linkLook } from "../../_components/guide";
import { DocsNavigation } from "../_components/docs-navigation";
import { Neighbors } from "../_components/neighbors";
import { guideMetadata } from "../_lib/guides";
import { ApiReference } from "./_components/api-reference";

export const metadata = guideMetadata("/docs/api");

export default function ApiReferencePage() {
  return (
    <div className="mx-auto max-w-portal px-5 pt-10">
      <DocsNavigation row />
      <h1 className="mt-10 font-semibold text-4xl tracking-[-0.035em]">API reference</h1>
      <p className="mt-4 mb-8 max-w-prose text-base/6.5 text-muted">
        Every operation, with examples and errors. To try one here, choose Authorize and paste{" "}
        <GuideLink href="/keys">an API key</GuideLink>; a test key costs nothing. The key stays on this page
        and is gone when you leave. The same reference as a file:{" "}
        <a href="/api/openapi.json" className={linkLook}>
          OpenAPI 3.1
        </a>
        .
      </p>
      <ApiReference />
      <Neighbors />
    </div>
  );
}
