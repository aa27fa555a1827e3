from shared.errors import ServiceError


class FileTypeNotAllowed(ServiceError):
    status = 415
    code = "file_type_not_allowed"
    en = "Files of this kind are not received, only PDF, pictures, Office documents, text, CSV, XML and SIE."
    sv = "Filer av det här slaget tas inte emot, bara PDF, bilder, Office-dokument, text, CSV, XML och SIE."
