-- Claims left out of stored files are kept too, in a document of the file's own format. These are their places in the file, in the
-- document's order; NULL for a quarantined file, which is kept as it was fetched.
ALTER TABLE claims.claim_file_content ADD COLUMN claim_nos integer[];
