from shared.errors import ServiceError, Unavailable


class FileTypeNotAllowed(ServiceError):
    status = 415
    code = "file_type_not_allowed"
    en = "Files of this kind are not received, only PDF, pictures, Office documents, text, CSV, XML and SIE."
    sv = "Filer av det här slaget tas inte emot, bara PDF, bilder, Office-dokument, text, CSV, XML och SIE."


class FileInfected(ServiceError):
    """Keeps what was written, because the bureau is told by an event."""

    status = 422
    code = "file_infected"
    en = "The virus scanner has refused this file. It is not kept."
    sv = "Virusskyddet har stoppat filen. Den har inte sparats."
    keeps_writes = True


class ScannerUnavailable(Unavailable):
    code = "scanner_unavailable"
    en = "The file can't be scanned for viruses at the moment, so it is not received. Try again in a while."
    sv = "Filen kan inte virusgranskas just nu och tas därför inte emot. Försök igen om en stund."

    def headers(self) -> dict[str, str]:
        return {"Retry-After": "30"}
