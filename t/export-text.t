#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Texts that are made to break readers go in by the API, are found, and come
# out of the export as they were, in each form, by readers of others; what
# CSV does to formulas; compression; what was written a moment ago.

use strict;
use warnings;
use utf8;

use IO::Uncompress::Gunzip qw(gunzip);
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Export;
use Tender::Test;


binmode Test::More->builder->$_, ':utf8'
    for qw(output failure_output todo_output);

my $t = export_test(http => 'gzip on; gzip_min_length 1; gzip_proxied any;
    gzip_types application/xml application/json text/csv
               application/x-ndjson; client_max_body_size 1m;');
my $key = key_of($t);

# each has a word of its own, by which it is found

my @naughty = (
    quotes     => q("double" 'single' `back` ""two"" \" end"),
    markup     => '<b>&amp;</b> ]]> <![CDATA[x]]> <!-- --> <?x?> &#0; &lt',
    script     => '<script>alert(1)</script><img src=x onerror=alert(1)>',
    lines      => "one\ntwo\r\nthree\rfour\ttab",
    spaces     => "  in front and behind  ",
    commas     => 'a,b;c|d,,;;|| , ; |',
    formula1   => '=HYPERLINK("http://example.com";"x")',
    formula2   => '+380 44',
    formula3   => '-5+3',
    formula4   => '@SUM(A1)',
    formula5   => "\t=1",
    formula6   => '＝1',
    backslash  => 'C:\\temp\\new \\u0041 \\"',
    braces     => '{"Total":"0"},[1]]}',
    marks      => '[B]not[/B] [B] [/B]',
    emoji      => '😀 👩‍👩‍👧‍👦 🇺🇦',
    direction  => "\x{202e}evil\x{202c} \x{200f}עברית\x{200e} عربي",
    invisible  => "zero\x{200b}width \x{feff}bom\x{00a0}space \x{2028}line",
    combining  => "Z\x{351}\x{36b}\x{343}a\x{306}\x{301}l\x{35c}go e\x{301}",
    surrogate  => "\x{10ffff} \x{1f600} \x{fffd} \x{fdd0}",
    c1         => "\x{7f}\x{80}\x{9f}",
    cyrillic   => 'Їжак ґава Ёлка ў і',
    chinese    => '招标公告 入札 입찰',
    percent    => '%s%n%00%0d%0a ${jndi:x} {{7*7}} $(id) `id`',
    sql        => "'; DROP TABLE tenders; -- ",
    path       => '../../../etc/passwd',
    long       => 'слово ' x 1500,
    longword   => 'щ' x 3000,
    numbers    => '1e400 0x10 -0 NaN Infinity 007',
    nothing    => '',
);
my %text;

while (my ($word, $text) = splice @naughty, 0, 2) {
    $text{$word} = $text;
    tender($t, {
        title => "naughty$word", description => $text,
        procuringEntity => { id => { name => "$text." } },
        itemsToBeProcured => [ { description => $text,
                                 unitOfMeasure => substr $text, 0, 100 } ],
    });
}

tender($t, { title => $_ }) for '=1+1', '<Item>', "CR\rLF\n";

naughty();
titles();
refused();
compressed();
fresh();

$t->finish;
done_testing;


sub naughty {
    my $fields = 'TenderName,Info,Customer,productsXML';
    my %rows;

    for my $dtype (qw(json ndjson xml csv)) {
        my @rows = reread(ask($t, "dtype=$dtype&all=1&fields=$fields", $key));

        is(scalar @rows, 3 + keys %text, "$dtype: all at once");
        $rows{$dtype}{ $_->{TenderName} } = $_ for @rows;
    }

    for my $word (sort keys %text) {
        my $text = $text{$word};
        my $name = "naughty$word";
        my $unit = substr $text, 0, 100;
        my %want = (TenderName => $name, Info => $text, Customer => "$text.");
        my %product = (ProductName => $text, ProductCode => '', Izm => $unit,
                       Kolvo => '', edPrice => '', ProductPrice => '');

        for my $dtype (qw(json ndjson)) {
            is_deeply($rows{$dtype}{$name},
                      { %want, productsXML => { product => [\%product] } },
                      "$word: $dtype");
        }

        is_deeply($rows{xml}{$name},
                  { %want, productsXML => {
                        product => [ { map { $_ => [$product{$_}] }
                                       keys %product } ] } },
                  "$word: XML") or diag(explain($rows{xml}{$name}));

        # a formula has an apostrophe in front

        $want{productsXML} = join ', ', grep { $_ ne '' } $text, $unit;
        s/^(?=[ "']*[=+\-@\t\r\n＋－＝＠])/'/
            for @want{qw(Info Customer productsXML)};
        is_deeply($rows{csv}{$name}, \%want, "$word: CSV");

        is((found($t, "kwords=$name&fields=ID", $key))[0], 1,
           "$word: found by its word");
    }

    # their words are found as well

    my %find = (
        'double single' => 'quotes', 'alert' => 'script',
        'їжак' => 'cyrillic', 'елка' => 'cyrillic', 'zalgo' => 'combining',
        '入札' => 'chinese', 'passwd' => 'path', 'hyperlink' => 'formula1',
        '招标' => 'chinese', 'עברית' => 'direction',
    );

    for my $query (sort keys %find) {
        my ($total, $row) = found($t, "fields=TenderName&kwords=$query",
                                  $key);

        is($row && $row->{TenderName}, "naughty$find{$query}", $query);
    }
}


sub titles {
    my $body = ask($t, 'dtype=csv&fields=TenderName&tenpage=3', $key)->body;

    is($body, qq(TenderName\r\n"CR\rLF\n"\r\n<Item>\r\n'=1+1\r\n),
       'CSV, byte by byte');
    like(ask($t, 'fields=TenderName&tenpage=3', $key)->body,
         qr{<Item><TenderName>CR&\#13;LF\n</TenderName></Item>
            <Item><TenderName>&lt;Item&gt;</TenderName></Item>}x,
         'XML, byte by byte');

    # marks in a text are not those of words

    my ($row) = (found($t, 'kwords=naughtymarks', $key))[1];

    is_deeply($row->{searchFragmentXML}{fragment}, ['[B]naughtymarks[/B]'],
       'marks');
}


# what XML cannot carry does not come in

sub refused {
    for my $char ("\x{1}", "\x{b}", "\x{fffe}", "\x{ffff}") {
        my $r = $t->post('/api/0.1/tenders',
                         { data => { title => "a${char}b" } });

        is($r->status, 422, sprintf 'U+%04X is refused', ord $char);
    }
}


sub compressed {
    for my $dtype (qw(json xml csv ndjson)) {
        for my $all ('', '&all=1') {
            my $plain = ask($t, "dtype=$dtype&tenpage=50$all", $key);
            my $r = ask($t, "dtype=$dtype&tenpage=50$all", $key,
                        { 'Accept-Encoding' => 'gzip' });
            my $body = $r->body;

            is($r->header('Content-Encoding'), 'gzip', "$dtype$all: gzip");
            is($r->header('Content-Type'), $TYPES{$dtype},
               "$dtype$all: its type");
            gunzip(\$body => \my $text);
            ok($text eq $plain->body, "$dtype$all: the same");

            next if $all;

            my $tag = $r->header('ETag');

            is($tag, 'W/' . $plain->header('ETag'), 'a weak tag');
            is(ask($t, "dtype=$dtype&tenpage=50", $key,
                   { 'If-None-Match' => $tag })->status, 304, 'is as good');
        }
    }
}


# what was answered is in the index

sub fresh {
    my $c = $t->client;

    for my $n (1 .. 20) {
        my $r  = $c->post('/api/0.1/tenders',
                          { data => { title => "fresh$n" } });
        my $id = $r->json->{data}{id};

        is((found($t, "kwords=fresh$n", $key))[0], 1, "created: $n")
            if $n % 5 == 0;
        $c->patch("/api/0.1/tenders/$id",
                  { data => { title => "changed$n" } });
        is((found($t, "kwords=fresh$n | changed$n&fields=TenderName",
                  $key))[1]{TenderName}, "changed$n", "changed: $n");
        is((found($t, "kwords=fresh$n", $key))[0], 0, "no more: $n")
            if $n % 5 == 0;
    }
}
