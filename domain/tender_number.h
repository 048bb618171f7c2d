
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_NUMBER_H_INCLUDED_
#define _TENDER_NUMBER_H_INCLUDED_


#include "../format/tender_core.h"


/*
 * The public number of a tender, as in the seed: UA-2014-DUS-156 = country
 * code, year, initials of the procuring entity's name, a count.
 */

#define TENDER_INITIALS_MAX  8


/*
 * Fills the table of the first Latin letter of each letter below U+0530,
 * with ICU; called once, before any request.  TENDER_ERROR: ICU has no data.
 */
int tender_number_init(void);

/*
 * The initials of a name: the first letter of each word, in Latin upper
 * case; at most TENDER_INITIALS_MAX characters at p; returns their number,
 * 0 if the name has no letter.  Cyrillic is Russian if a letter says so
 * (ы э ё ъ), Ukrainian if one says so (і ї є ґ), else by the country code.
 * "Державне управління справами" gives DUS.
 */
size_t tender_initials(tender_str_t name, tender_str_t country, u_char *p);


#endif /* _TENDER_NUMBER_H_INCLUDED_ */
