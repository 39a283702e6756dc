export const SECTIONS = [];
export const section = (made) => SECTIONS.push(made);
