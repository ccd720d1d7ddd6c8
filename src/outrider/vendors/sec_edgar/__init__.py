"""SEC EDGAR: what listed companies report, read from its addresses or from a folder of copies.

In: a company's CIK, ticker or name. Out: company reports with evidence (`edgar.Edgar`,
`folder.FolderFilings`). Never: a guess which company is meant, or a figure without its quote.
"""
