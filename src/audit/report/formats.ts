import { asffReport } from './asff.ts';
import { csvReport } from './csv.ts';
import { htmlReport } from './html/html-report.ts';
import { jsonReport } from './json-report.ts';
import { junitReport } from './junit.ts';
import { ocsfReport } from './ocsf.ts';
import { oscalReport } from './oscal.ts';
import type { Report } from './report.ts';

/** The formats for other programs, by the word that names them; `text` is the terminal's. */
export const FORMATS: Readonly<Record<string, (report: Report) => string>> = {
  json: jsonReport,
  html: htmlReport,
  junit: junitReport,
  asff: asffReport,
  ocsf: ocsfReport,
  oscal: oscalReport,
  csv: csvReport,
};
