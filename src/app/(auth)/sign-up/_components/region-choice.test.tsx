import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { RegionChoice } from "./region-choice";

const sites = [
  { code: "us", url: "https://us.example.com", label: "United States" },
  { code: "eu", url: "https://eu.example.com", label: "Europe" },
];

it("shows the region of this host, and links to each other region's own sign-up", () => {
  const html = renderToStaticMarkup(<RegionChoice sites={sites} own="eu" next="/keys?new=1" />);
  expect(html).toContain('href="https://us.example.com/sign-up?next=%2Fkeys%3Fnew%3D1"');
  expect(html).not.toContain("https://eu.example.com");
  expect(html).toMatch(/aria-current="true"[^>]*>Europe</);
  expect(renderToStaticMarkup(<RegionChoice sites={sites} own="us" />)).toContain(
    'href="https://eu.example.com/sign-up"',
  );
});

it("shows no choice where there is one region, or none", () => {
  expect(renderToStaticMarkup(<RegionChoice sites={[]} own={undefined} />)).toBe("");
  expect(renderToStaticMarkup(<RegionChoice sites={sites.slice(0, 1)} own="us" />)).toBe("");
});
