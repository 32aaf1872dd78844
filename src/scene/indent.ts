/** How far a child is set to the right of its parent in an indented tree. */
export const indentShift = 14;
