"""A plate as outlines for lasers and engravers. In running order: outlines (what glyphs and symbols look like as polygons) →
drawing (what is engraved, what is cut, beam taken into account) → svg, dxf → readback (the drawing read as a scanner would)."""
