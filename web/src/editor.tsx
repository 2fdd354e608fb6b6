// The program at `/`: the administration, on the server that sent this page.

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { serverTransport } from "./api/remote.ts";
import { Administration } from "./editor/administration.tsx";
import { Frame } from "./ui/frame.tsx";
import "./ui/form_styles.css";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Frame>
        <Administration transport={serverTransport()} />
      </Frame>
    </StrictMode>,
  );
}
