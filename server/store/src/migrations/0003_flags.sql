-- Words that say what an upload's reports are of (unit, linux), sorted, separated by commas.
ALTER TABLE upload ADD COLUMN flags TEXT NOT NULL DEFAULT '';
