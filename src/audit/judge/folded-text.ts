/** A pattern's text without the blanks that mean nothing to a reader: those beside signs, and all but one of each run. */
export const folded = (pattern: string): string =>
  pattern
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/ ?([{}()=!<>&|,]+) ?/g, '$1')
    .replace(/([{}()=!<>&|,]) ([{}()=!<>&|,])/g, '$1$2');
