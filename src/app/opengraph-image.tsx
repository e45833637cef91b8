import { ImageResponse } from "next/og";
import { contourPath } from "@/components/brand/contours";

export const alt = "AgathaAI: many models, one API, no surprise bill";
export const size = { width: 1200, height: 630 };
export const contentType = "image/png";

const INK = "#17171c";
const ACCENT = "#0f766e";
const AMBER = "#b45309";

/** The rings of the agate, from the outside in. */
const rings = [
  { radius: 250, stroke: INK, width: 5 },
  { radius: 224, stroke: "#d8d3c7", width: 22 },
  { radius: 194, stroke: AMBER, width: 6 },
  { radius: 172, stroke: "#c9e0dc", width: 20 },
  { radius: 146, stroke: ACCENT, width: 14 },
  { radius: 118, stroke: "#8fc2bb", width: 16 },
  { radius: 92, stroke: ACCENT, width: 6 },
];

const contour = (radius: number) => contourPath({ cx: 300, cy: 300, radius, roughness: 0.8, stretch: 1.04 });

/** The preview image of a link to the site. Rendered once, by the build. */
export default function OpengraphImage() {
  return new ImageResponse(
    <div
      style={{
        width: "100%",
        height: "100%",
        display: "flex",
        alignItems: "center",
        background: "#faf8f4",
        color: INK,
        paddingLeft: 80,
      }}
    >
      <div style={{ display: "flex", flexDirection: "column", width: 600 }}>
        <div style={{ fontSize: 34, color: ACCENT, letterSpacing: -0.5 }}>AgathaAI</div>
        <div style={{ fontSize: 72, letterSpacing: -3, lineHeight: 1.05, marginTop: 28 }}>
          Many models. One API. No surprise bill.
        </div>
        <div style={{ fontSize: 30, color: "#6a6872", marginTop: 32, lineHeight: 1.35 }}>
          OpenAI, Gemini and DeepSeek with the OpenAI SDK: one key, caps that hold, a receipt for every
          request.
        </div>
      </div>
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: a picture is drawn from it; its words are `alt` */}
      <svg width="620" height="620" viewBox="0 0 600 600" style={{ marginLeft: -20 }}>
        {rings.map(({ radius, stroke, width }) => (
          <path key={radius} d={contour(radius)} fill="none" stroke={stroke} strokeWidth={width} />
        ))}
        <path d={contour(62)} fill={ACCENT} />
      </svg>
    </div>,
    size,
  );
}
